// Passkeys: asks the browser for one with what the page says, and sends the answer with the page's form.
// Everything else on these pages works without it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0))
const written = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')

function readable (options) {
  options.challenge = bytes(options.challenge)
  if (options.user) options.user.id = bytes(options.user.id)
  for (const known of options.excludeCredentials ?? []) known.id = bytes(known.id)
  return options
}

function answerOf (credential) {
  const response = {}
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = written(credential.response[name])
  }
  return JSON.stringify({
    id: credential.id, rawId: written(credential.rawId), type: credential.type, response, clientExtensionResults: {}
  })
}

for (const part of window.PublicKeyCredential ? document.querySelectorAll('[data-passkey]') : []) {
  const form = part.closest('form')
  part.hidden = false
  form.querySelector('[data-passkey-missing]')?.remove()
  part.querySelector('button').addEventListener('click', async (event) => {
    event.preventDefault()
    const problem = part.querySelector('[data-passkey-problem]')
    problem.hidden = true
    try {
      const publicKey = readable(JSON.parse(part.dataset.passkeyOptions))
      const credential = await navigator.credentials[part.dataset.passkey]({ publicKey })
      form.elements.passkey.value = answerOf(credential)
    } catch {
      problem.hidden = false
      return
    }
    form.submit()
  })
}
