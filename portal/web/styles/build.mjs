// Builds portal/web/static/dist: the style sheets, the scripts and the marks, each under a name that holds
// the digest of its content (so it may be cached for ever), with gzip and brotli copies and a manifest.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { compile } from 'sass'

const styles = dirname(fileURLToPath(import.meta.url))
const root = join(styles, '..', '..', '..')
const sources = join(styles, '..', 'static')
const dist = join(sources, 'dist')
const govuk = join(root, 'node_modules', 'govuk-frontend', 'dist')

function styleSheet (name) {
  const { css } = compile(join(styles, name), {
    loadPaths: [govuk],
    style: 'compressed',
    quietDeps: true
  })
  // we ship none of GOV.UK's fonts and pictures, so nothing may ask for them
  if (/GDS Transport|url\(/i.test(css)) throw new Error('the style sheet refers to a font or picture')
  return css
}

function script () {
  const library = readFileSync(join(govuk, 'govuk', 'govuk-frontend.min.js'), 'utf8')
    .replace(/\/\/# sourceMappingURL=.*$/m, '')
    .replace(/export\{[^}]*\};?\s*$/, '')
  return library + readFileSync(join(styles, 'portal.js'), 'utf8')
}

const files = new Map([
  ['portal.css', styleSheet('portal.scss')],
  ['embed.css', styleSheet('embed.scss')],
  ['paper.css', styleSheet('paper.scss')],
  ['portal.js', script()],
  ['passkeys.js', readFileSync(join(styles, 'passkeys.js'), 'utf8')]
])
for (const name of readdirSync(sources)) {
  if (extname(name) === '.svg') files.set(name, readFileSync(join(sources, name)))
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
const manifest = {}
for (const [name, content] of files) {
  const bytes = Buffer.from(content)
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const hashed = name.replace(/\.(\w+)$/, `.${digest}.$1`)
  writeFileSync(join(dist, hashed), bytes)
  writeFileSync(join(dist, hashed + '.gz'), gzipSync(bytes, { level: 9 }))
  writeFileSync(join(dist, hashed + '.br'), brotliCompressSync(bytes))
  manifest[name] = hashed
}
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
console.log(`Built ${files.size} files in portal/web/static/dist`)
