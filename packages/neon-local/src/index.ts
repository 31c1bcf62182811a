// What the package promises: whatever is not here, nor under `exports`, may change at any time.
export { type Endpoint, type EndpointOptions, startEndpoint } from './endpoint.ts'
export { NeonLocalError, PortTaken } from './errors.ts'
export { type ChooseFault, type Fault, requestedFault } from './faults.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
