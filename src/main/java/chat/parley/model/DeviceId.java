package chat.parley.model;

/** Names one device of a user; unique only together with the user. */
public record DeviceId(String value) {
  public DeviceId {
    Ids.check("deviceId", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
