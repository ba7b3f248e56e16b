/**
 * What happened in a run, as its clients, its faults and its final reads saw it: one JSON line an
 * event. The file is the evidence; what is wrong is decided from it alone, by the run itself or by
 * anybody later.
 */
package chat.parley.torture.history;
