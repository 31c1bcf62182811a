/**
 * Runs in a page: tries everything by which one can send a statement to `url`, with a connection
 * string that is good, and answers what its own requests came to.
 */
globalThis.attack = async (url, connection) => {
  const body = `{"query":"insert into marks values ('page')"}`
  const options = { method: 'POST', body, headers: { 'Neon-Connection-String': connection } }
  const send = (further) =>
    fetch(url, { ...options, ...further }).then(
      ({ type, status }) => `${type} ${status}`,
      () => 'failed',
    )

  const answers = [
    await send({}),
    await send({ referrerPolicy: 'no-referrer' }),
    await send({ mode: 'no-cors' }),
    await send({ mode: 'no-cors', keepalive: true }),
  ]
  navigator.sendBeacon(url, body)
  new WebSocket(url.replace('http', 'ws'))
  new Image().src = url
  // A sandboxed frame hides its origin, and so does a form in it.
  const frame = document.createElement('iframe')
  frame.sandbox = 'allow-scripts allow-forms'
  frame.srcdoc = `<form method=post enctype=text/plain><input name=body></form><script>
    const [url, options] = ${JSON.stringify([url, options])}
    const [form] = document.forms
    form.action = url
    form.body.name = options.body.slice(0, -1) + ',"x":"'
    form.body.value = '"}'
    fetch(url, options).catch(() => {}).finally(() => form.submit())
  </script>`
  document.body.append(frame)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return answers
}
