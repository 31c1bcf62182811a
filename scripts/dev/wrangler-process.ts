import { unstable_startWorker } from 'wrangler'

/**
 * `wrangler dev` without its debugger: workerd's takes a WebSocket from any web page, which could
 * then run code in the Worker, and no option of the command turns it off. On a port that nobody
 * knows; `npm run dev` judges the requests before. The arguments are files of variables.
 */
const worker = await unstable_startWorker({
  config: 'wrangler.toml',
  envFiles: process.argv.slice(2),
  dev: {
    inspector: false,
    liveReload: false,
    remote: false,
    server: { hostname: '127.0.0.1', port: 0 },
    watch: true,
  },
})

process.once('SIGTERM', () => {
  void worker.dispose().finally(() => process.exit())
})
