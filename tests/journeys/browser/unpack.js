// Unpacks the Chromium of @sparticuz/chromium into build/chromium and puts a starter into build/bin.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const packed = join(here, 'node_modules', '@sparticuz', 'chromium', 'bin')
const build = join(here, '..', '..', '..', 'build')
const home = join(build, 'chromium')

rmSync(home, { recursive: true, force: true })
mkdirSync(home, { recursive: true })
mkdirSync(join(build, 'bin'), { recursive: true })
const unpacked = name => brotliDecompressSync(readFileSync(join(packed, name)))
writeFileSync(join(home, 'chromium'), unpacked('chromium.br'), { mode: 0o755 })
for (const name of ['al2023.tar', 'swiftshader.tar', 'fonts.tar']) {
  execFileSync('tar', ['-x', '-C', home], { input: unpacked(name + '.br') })
}
writeFileSync(
  join(build, 'bin', 'chromium'),
  `#!/bin/sh\nLD_LIBRARY_PATH="${join(home, 'lib')}" exec "${join(home, 'chromium')}" "$@"\n`,
  { mode: 0o755 }
)
