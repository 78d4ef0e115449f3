/** False under `--disallow-code-generation-from-strings`, and where the embedder forbids it likewise. */
export function canMakeCode(): boolean {
  try {
    new Function('')
    return true
  } catch {
    return false
  }
}
