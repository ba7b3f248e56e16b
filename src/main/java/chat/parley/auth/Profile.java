package chat.parley.auth;

import chat.parley.model.UserId;

/** A user as others see them. {@code handle} is unique and lower-case and never changes. */
public record Profile(UserId userId, String handle, String displayName) {}
