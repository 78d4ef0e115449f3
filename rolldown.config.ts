/** The second step of a build: the parser goes into the package, with the licence of everything that it is made of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig, type Plugin } from 'rolldown'

const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt'
/** Our file that only hands on what the package exports. */
const PARSER_FILE = 'codegen/annotations/parser.js'

/** The package of a module: the nearest folder above it that has a manifest. */
function packageOf(moduleFile: string): string {
  let folder = dirname(moduleFile)
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** A package's name and version, its licence's name, and that licence's text. */
function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no file with its licence, and can't be bundled`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** Writes down the licences of the packages whose modules are in the bundle. */
const licenses: Plugin = {
  name: 'licenses',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((output) =>
      output.type === 'chunk' ? output.moduleIds.filter((id) => id.includes('node_modules')) : [],
    )
    const packages = [...new Set(modules.map(packageOf))].sort()
    if (packages.length === 0) throw new Error(`${PARSER_FILE} holds no package: compile the sources first`)
    const source = `${PARSER_FILE} is made of these packages.\n\n${packages.map(licenseOf).join('\n')}`
    this.emitFile({ type: 'asset', fileName: LICENSES_FILE, source })
  },
}

export default defineConfig({
  input: { [PARSER_FILE.replace(/\.js$/, '')]: join('dist', PARSER_FILE) },
  platform: 'node',
  plugins: [licenses],
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    banner: `/*! The licence of this file is in ${LICENSES_FILE}. */`,
  },
})
