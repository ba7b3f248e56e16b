package chat.parley.replay;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.Message;
import chat.parley.client.Source;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds what the devices of one conversation saw against what the protocol promises. Pure and
 * single-threaded. Of every receipt it keeps one bit a device, and of every change one copy, so a
 * day of two hundred devices is some megabytes.
 */
final class DeliveryCheck {
  /** What a receipt meant to the device. */
  enum Receipt {
    FIRST,
    REPEATED
  }

  private static final class Device {
    final String userId;
    final String deviceId;
    final BitSet received = new BitSet();
    final BitSet shown = new BitSet();
    final List<String> sent = new ArrayList<>();
    final Set<String> resent = new HashSet<>();
    int connection;
    long highestLive;
    long lastShown;

    Device(String userId, String deviceId) {
      this.userId = userId;
      this.deviceId = deviceId;
    }
  }

  private final List<Device> devices = new ArrayList<>();
  private final Map<Long, Change> contents = new TreeMap<>();
  private final Map<String, Long> numberOfKey = new HashMap<>();
  private final Map<String, Ack> acks = new HashMap<>();
  private final Tally tally = new Tally();

  /** Adds a device; its number is the {@code device} of the other methods. */
  int addDevice(String userId, String deviceId) {
    devices.add(new Device(userId, deviceId));
    return devices.size() - 1;
  }

  /** The device sent a message for the first time. */
  void sent(int device, String clientMsgId) {
    devices.get(device).sent.add(clientMsgId);
  }

  /** The device sent the message again, so its place among the sender's others is open. */
  void resent(int device, String clientMsgId) {
    devices.get(device).resent.add(clientMsgId);
  }

  /** The device got an ack. */
  void acked(int device, Ack ack) {
    Device by = devices.get(device);
    String key = key(by.userId, by.deviceId, ack.clientMsgId());
    Ack before = acks.putIfAbsent(key, ack);
    if (before != null && (before.changeSeq() != ack.changeSeq() || before.seq() != ack.seq())) {
      tally.contradiction("%s was acked at %d and at %d", key, before.changeSeq(), ack.changeSeq());
    }
  }

  /** The device received a change, perhaps not for the first time. */
  Receipt observed(int device, Change change, Source source, int connection) {
    Device at = devices.get(device);
    int number = (int) change.changeSeq();
    Change first = contents.putIfAbsent(change.changeSeq(), change);
    if (first == null) {
      register(change);
    } else if (!first.sameContent(change)) {
      tally.contradiction("%d is %s and %s", number, describe(first), describe(change));
      register(change);
    }
    boolean isNew = !at.received.get(number);
    at.received.set(number);
    if (source == Source.LIVE) {
      if (at.connection != connection) {
        at.connection = connection;
        at.highestLive = 0;
      }
      if (isNew && number < at.highestLive) {
        tally.outOfOrder("%s received %d live after %d", at.deviceId, number, at.highestLive);
      }
      at.highestLive = Math.max(at.highestLive, number);
    }
    return isNew ? Receipt.FIRST : Receipt.REPEATED;
  }

  /** One message is one number: a second number for the same key is a double, once. */
  private void register(Change change) {
    if (!change.isMessage()) {
      return;
    }
    Long before = numberOfKey.putIfAbsent(key(change.message()), change.changeSeq());
    if (before != null && before != change.changeSeq()) {
      tally.doubled("%s is at %d and at %d", key(change.message()), before, change.changeSeq());
    }
  }

  /** The device showed a change to its user. */
  void shown(int device, Change change) {
    Device at = devices.get(device);
    int number = (int) change.changeSeq();
    if (at.shown.get(number)) {
      tally.doubled("%s showed %d twice", at.deviceId, number);
    } else if (number < at.lastShown) {
      tally.outOfOrder("%s showed %d after %d", at.deviceId, number, at.lastShown);
    }
    at.shown.set(number);
    at.lastShown = Math.max(at.lastShown, number);
  }

  /**
   * The verdict, once.
   *
   * @param log the conversation's changes, all pages in the order in which they were read
   * @param history its messages, all pages in the order in which they were read
   * @param fromTheStart who was named when the conversation was created
   */
  Findings verdict(List<Change> log, List<Change> history, Set<String> fromTheStart) {
    Map<Long, Change> byNumber = checkLog(log);
    checkHistory(byNumber, history);
    checkAcks(byNumber);
    checkDevices(new Membership(List.copyOf(byNumber.values()), fromTheStart), byNumber);
    checkSenders();
    return tally.findings();
  }

  private TreeMap<Long, Change> checkLog(List<Change> log) {
    TreeMap<Long, Change> byNumber = new TreeMap<>();
    long expected = 1;
    long messages = 0;
    for (Change change : log) {
      long number = change.changeSeq();
      if (number > expected) {
        tally.holes(number - expected, "the log goes from %d to %d", expected - 1, number);
      } else if (number < expected) {
        tally.outOfOrder("the log has %d after %d", number, expected - 1);
      }
      expected = Math.max(expected, number + 1);
      messages += change.isMessage() ? 1 : 0;
      if (change.seq() != messages) {
        tally.holes(
            1, "change %d says seq %d, but it is message %d", number, change.seq(), messages);
        messages = change.seq();
      }
      Change seen = contents.get(number);
      if (seen == null) {
        register(change);
      } else if (!seen.sameContent(change)) {
        tally.contradiction(
            "%d was seen as %s, the log has %s", number, describe(seen), describe(change));
        register(change);
      }
      byNumber.put(number, change);
    }
    for (long number : contents.keySet()) {
      if (!byNumber.containsKey(number)) {
        tally.contradiction("%d was seen, but the log does not have it", number);
      }
    }
    return byNumber;
  }

  private void checkHistory(Map<Long, Change> byNumber, List<Change> history) {
    Set<String> keys = new HashSet<>();
    long last = 0;
    for (Change item : history) {
      long number = item.changeSeq();
      if (!keys.add(key(item.message()))) {
        tally.doubled("%s is in the history twice, again at %d", key(item.message()), number);
      } else if (number <= last) {
        tally.outOfOrder("the history has %d after %d", number, last);
      }
      last = number;
      Change inLog = byNumber.get(number);
      if (inLog == null || !inLog.sameContent(item)) {
        tally.contradiction("%d is %s in the history, but not in the log", number, describe(item));
      }
    }
    for (Change change : byNumber.values()) {
      if (change.isMessage() && !keys.contains(key(change.message()))) {
        tally.lostMessage(
            "message %s of change %d is not in the history",
            key(change.message()), change.changeSeq());
      }
    }
  }

  private void checkAcks(Map<Long, Change> byNumber) {
    Map<String, Long> inLog = new HashMap<>();
    byNumber.forEach(
        (number, change) -> {
          if (change.isMessage()) {
            inLog.putIfAbsent(key(change.message()), number);
          }
        });
    acks.forEach(
        (key, ack) -> {
          Long number = inLog.get(key);
          if (number == null) {
            tally.lostMessage(
                "message %s was acked at %d and is not in the log", key, ack.changeSeq());
          } else if (number != ack.changeSeq() || byNumber.get(number).seq() != ack.seq()) {
            tally.contradiction("%s was acked at %d and is at %d", key, ack.changeSeq(), number);
          }
        });
  }

  private void checkDevices(Membership membership, Map<Long, Change> byNumber) {
    for (Device device : devices) {
      BitSet missing = (BitSet) membership.must(device.userId).clone();
      missing.andNot(device.received);
      // A hole of the log itself is counted there, not again for everyone.
      missing.stream()
          .filter(number -> byNumber.containsKey((long) number))
          .forEach(number -> tally.lostDelivery("%s never got %d", device.deviceId, number));
      BitSet leaked = (BitSet) device.received.clone();
      leaked.andNot(membership.may(device.userId));
      leaked.stream()
          .filter(number -> byNumber.containsKey((long) number))
          .forEach(
              number -> tally.leaked("%s got %d without being a member", device.deviceId, number));
    }
  }

  private void checkSenders() {
    for (Device device : devices) {
      long last = 0;
      for (String clientMsgId : device.sent) {
        Ack ack = acks.get(key(device.userId, device.deviceId, clientMsgId));
        if (ack != null && !device.resent.contains(clientMsgId)) {
          if (ack.changeSeq() < last) {
            tally.outOfOrder(
                "%s sent what became %d after what became %d",
                device.deviceId, ack.changeSeq(), last);
          }
          last = Math.max(last, ack.changeSeq());
        }
      }
    }
  }

  private static String key(Message message) {
    return key(message.senderId(), message.senderDeviceId(), message.clientMsgId());
  }

  private static String key(String userId, String deviceId, String clientMsgId) {
    return userId + '/' + deviceId + '/' + clientMsgId;
  }

  private static String describe(Change change) {
    return change.isMessage() ? "message " + key(change.message()) : change.type();
  }
}
