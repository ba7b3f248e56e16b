package chat.parley.bus;

/**
 * An event-bus address with the family of messages that travels there. There is one address a node
 * and role, or one a role where any node will do; never one a user or device, because every
 * clustered registration is an entry that all nodes share.
 *
 * @param <T> the sealed family of its requests
 */
public record Address<T>(String name, Class<T> family) {}
