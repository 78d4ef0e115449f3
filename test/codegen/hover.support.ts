/** What editors show of a name: the answers of two language services, those of the newest compiler and of the oldest. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../support/project.ts'

/** Stands right behind a name that is asked about. */
export const MARK = '/**/'

/** The text of each hover, in the order of the marks. */
export type Hovers = (file: string) => Promise<string[]> | string[]

function marksOf(file: string): { text: string; offsets: number[] } {
  const text = readFileSync(file, 'utf8')
  return { text, offsets: [...text.matchAll(/\/\*\*\/(?!\*)/g)].map(({ index }) => index - 1) }
}

interface Parts {
  readonly text: string
}

interface QuickInfo {
  readonly displayParts: readonly Parts[]
  readonly documentation: readonly Parts[]
}

/** As much as is needed here of a compiler's interface, which the newest no longer has. */
interface Compiler {
  readonly sys: object
  readonly ScriptSnapshot: { fromString(text: string): object }
  readonly ModuleKind: { NodeNext: number }
  readonly ScriptTarget: { ES2022: number }
  getDefaultLibFilePath(options: object): string
  createLanguageService(host: object): {
    getSemanticDiagnostics(file: string): readonly { messageText: unknown }[]
    getQuickInfoAtPosition(file: string, offset: number): QuickInfo
  }
}

/** @throws where the file has faults: what is shown of those says nothing */
export function oldestHovers(file: string): string[] {
  const ts: Compiler = createRequire(import.meta.url)(
    join(ROOT, 'node_modules/oldest-typescript/node_modules/typescript'),
  )
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => true,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name: string) => ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')),
    getCompilationSettings: () => ({
      strict: true,
      types: [],
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
    }),
    getDefaultLibFileName: (options: object) => ts.getDefaultLibFilePath(options),
  })
  const [fault] = service.getSemanticDiagnostics(file)
  if (fault !== undefined) throw new SyntaxError(JSON.stringify(fault.messageText))
  return marksOf(file).offsets.map((offset) => {
    const { displayParts, documentation } = service.getQuickInfoAtPosition(file, offset)
    return [displayParts, documentation].map((parts) => parts.map(({ text }) => text).join('')).join('\n')
  })
}

/** By the Language Server Protocol. */
export async function newestHovers(file: string): Promise<string[]> {
  const { text, offsets } = marksOf(file)
  const server = new LanguageServer()
  try {
    const uri = pathToFileURL(file).href
    const hover = { contentFormat: ['markdown'] }
    await server.request('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { hover } },
    })
    server.notify('initialized', {})
    server.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 1, text },
    })
    const hovers = []
    for (const offset of offsets) {
      const before = text.slice(0, offset).split('\n')
      const position = { line: before.length - 1, character: before.at(-1)?.length }
      const result = await server.request('textDocument/hover', { textDocument: { uri }, position })
      hovers.push((result as { contents: { value: string } }).contents.value)
    }
    return hovers
  } finally {
    server.stop()
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
}

class LanguageServer {
  readonly #process = spawn(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '--lsp',
    '--stdio',
  ])
  readonly #answers = new Map<number, (result: unknown) => void>()
  #received = Buffer.alloc(0)
  #lastId = 0

  constructor() {
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  request(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId
    this.#send({ id, method, params })
    return new Promise((resolve) => this.#answers.set(id, resolve))
  }

  notify(method: string, params: object): void {
    this.#send({ method, params })
  }

  stop(): void {
    this.#process.kill()
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`)
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const headEnd = this.#received.indexOf('\r\n\r\n')
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.subarray(0, headEnd).toString())?.[1],
      )
      const start = headEnd + 4
      if (headEnd === -1 || this.#received.length < start + length) return
      this.#answer(JSON.parse(this.#received.subarray(start, start + length).toString()))
      this.#received = this.#received.subarray(start + length)
    }
  }

  /** What the server asks for, such as settings, it is not given. */
  #answer({ id, method, result }: Message): void {
    if (id === undefined) return
    if (method !== undefined) this.#send({ id, result: null })
    else this.#answers.get(id)?.(result)
  }
}
