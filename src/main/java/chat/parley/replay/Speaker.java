package chat.parley.replay;

/**
 * Somebody who speaks in the log, whatever nicks they go by.
 *
 * @param index 0, 1, 2… in the order of appearance
 * @param nick the first nick they are seen under
 * @param fromTheStart whether they are members before the first event
 */
record Speaker(int index, String nick, boolean fromTheStart) {}
