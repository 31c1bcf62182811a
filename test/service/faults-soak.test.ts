import { soak } from '../support/faults-soak.ts'

/** @module-tag slow */
// The short form: test/long/ has the long one.
soak(1 / 6)
