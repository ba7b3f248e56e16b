// Parley's SDK for browsers. README.md beside this file says how to use it.

export { DEFAULTS, ParleyClient } from './client.js';
export { Problem, Session, SessionEnded } from './session.js';
