package chat.parley.log;

import chat.parley.event.Change;

/** A change that is committed; {@code replayed} where it was there before this call. */
public record Appended(Change change, boolean replayed) {}
