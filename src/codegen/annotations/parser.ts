/** The parser of TypeScript. The build puts the package itself in the place of this file, so users don't install it. */
export { type ParserOptions, type ParserPlugin, parse } from '@babel/parser'
