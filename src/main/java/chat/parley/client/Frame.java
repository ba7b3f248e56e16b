package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * One frame from the server.
 *
 * @param id the request it answers, or null
 * @param data shared by all devices that received the same text: read it, never alter it
 * @param change the change it carries, or null
 */
public record Frame(String type, String id, JsonObject data, Change change) {}
