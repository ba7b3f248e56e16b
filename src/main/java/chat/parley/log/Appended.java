package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.AckMode;

/**
 * A change that is durable as {@code durability} says; {@code replayed} where it was there before
 * this call.
 */
public record Appended(Change change, AckMode durability, boolean replayed) {}
