/** The TypeScript parser. The build replaces this file by the bundled package, so users need not install it. */
export { type ParserOptions, type ParserPlugin, parse } from '@babel/parser'
