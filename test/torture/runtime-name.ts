/** Which runtime this is, by name and version. */
export function runtimeName(): string {
  const { deno, bun, node } = process.versions
  if (deno !== undefined) return `Deno ${deno}`
  return bun === undefined ? `Node.js ${node}` : `Bun ${bun}`
}
