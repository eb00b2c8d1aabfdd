// The process itself: memory, CPU, garbage collection, the event loop. Names as every Node program has them, so that dashboards made for it work.
import { performance } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, type Registry } from 'prom-client'

/** Milliseconds between two looks at the event loop. */
const precision = 20

/** Once a process: it starts timers and observers that nothing stops. */
export const countProcess = (register: Registry): void => {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: precision })
  new Counter({
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time in which the event loop was at work; its rate is the utilisation.',
    registers: [register],
    collect() {
      this.reset()
      this.inc(performance.eventLoopUtilization().active / 1_000)
    },
  })
}
