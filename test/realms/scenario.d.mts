import type * as mmapforge from '../../src/index.ts'

export function scenario(mmapforge: typeof mmapforge, folder: string): Promise<void>
