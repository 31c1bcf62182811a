// What the package promises: whatever is not here, nor under `exports`, may change at any time.
export { type Endpoint, type EndpointOptions, startEndpoint } from './endpoint.ts'
export { NeonLocalError, PortTaken } from './errors.ts'
export {
  type ChooseFault,
  createFaults,
  type Fault,
  type FaultRequest,
  type Faults,
  requestedFault,
} from './faults.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
export { startNear } from './start-near.ts'
