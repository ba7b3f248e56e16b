package chat.parley.torture.load;

/** A message on its way: what a device sends again until it knows what became of it. */
final class Outgoing {
  final Room room;
  final String clientMsgId;
  final String text;
  final String hash;

  /** Whether more than one attempt went out: then a refusal says nothing of the ones before it. */
  boolean repeated;

  Outgoing(Room room, String clientMsgId, String text, String hash) {
    this.room = room;
    this.clientMsgId = clientMsgId;
    this.text = text;
    this.hash = hash;
  }
}
