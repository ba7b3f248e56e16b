package chat.parley.registry;

/**
 * One connection of one device of a user.
 *
 * @param refreshedAt when its node last said that it is there, {@link HazelcastClusterView#now}
 */
record DeviceSession(String node, String device, String session, long refreshedAt) {
  boolean is(String otherNode, String otherDevice, String otherSession) {
    return node.equals(otherNode) && device.equals(otherDevice) && session.equals(otherSession);
  }
}
