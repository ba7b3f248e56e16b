/**
 * Faults, and the run that injects them under load: starts a cluster, plays scenarios, settles,
 * reads what is there at the end and has it judged.
 */
package chat.parley.torture.scenario;
