/**
 * Runs the scenario on the built package in a new `node:vm` context, whose classes of the language are its own. Args: `jest`
 * to have it share what Jest shares, or `bare`; the folder for files. Needs `node --experimental-vm-modules`.
 */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'

const [, , kind, folder] = process.argv

/** Of the classes of the language Jest shares those that `node:fs` and its kin make, and look for. */
const SHARED_BY_JEST = ['ArrayBuffer', 'Uint8Array']

const context = vm.createContext({})
const own = new Set(vm.runInContext('Object.getOwnPropertyNames(globalThis)', context))
const given = Object.getOwnPropertyNames(globalThis).filter((name) => !own.has(name))
for (const name of [...given, ...(kind === 'jest' ? SHARED_BY_JEST : [])]) context[name] = globalThis[name]
context.globalThis = vm.runInContext('globalThis', context)

const modules = new Map()

async function moduleOf(specifier, { identifier }) {
  const url = isBuiltin(specifier) ? specifier : new URL(specifier, identifier).href
  const known = modules.get(url) ?? (isBuiltin(url) ? await builtin(url) : source(url))
  modules.set(url, known)
  return known
}

function source(url) {
  return new vm.SourceTextModule(readFileSync(fileURLToPath(url), 'utf8'), {
    identifier: url,
    context,
    initializeImportMeta: (meta) => {
      meta.url = url
    },
  })
}

async function builtin(name) {
  const exported = await import(name)
  return new vm.SyntheticModule(
    Object.keys(exported),
    function set() {
      for (const [key, value] of Object.entries(exported)) this.setExport(key, value)
    },
    { identifier: name, context },
  )
}

async function load(url) {
  const module = await moduleOf(url, { identifier: import.meta.url })
  await module.link(moduleOf)
  await module.evaluate()
  return module.namespace
}

const { scenario } = await load('./scenario.mjs')
await scenario(await load('../../dist/index.js'), folder)
console.log('passed')
