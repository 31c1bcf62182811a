import { soak } from '../support/faults-soak.ts'

// The short form: test/long/ has the long one.
soak(1 / 6)
