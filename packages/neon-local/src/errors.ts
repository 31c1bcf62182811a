/** A failure to expect, such as a taken port. Its message is a whole sentence that names the mend. */
export class NeonLocalError extends Error {
  override name = 'NeonLocalError'
}

/** The port that was asked for is another program's. */
export class PortTaken extends NeonLocalError {}
