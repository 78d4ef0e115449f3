/** False under `--disallow-code-generation-from-strings`, or where the embedder forbids `new Function`. */
export function canMakeCode(): boolean {
  try {
    new Function('')
    return true
  } catch {
    return false
  }
}
