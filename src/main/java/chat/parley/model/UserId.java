package chat.parley.model;

/** Names one user, on all of their devices. */
public record UserId(String value) {
  public UserId {
    Ids.check("userId", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
