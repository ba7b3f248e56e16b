package chat.parley.replay;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.Observer;
import chat.parley.client.Source;

/** Carries what one device goes through to the check, the clock and the counters. */
final class DeviceRecord implements Observer {
  private final int device;
  private final String deviceId;
  private final DeliveryCheck check;
  private final Timings timings;
  private final Counters counters;
  private final ReplayListener listener;

  DeviceRecord(
      String userId,
      String deviceId,
      DeliveryCheck check,
      Timings timings,
      Counters counters,
      ReplayListener listener) {
    this.device = check.addDevice(userId, deviceId);
    this.deviceId = deviceId;
    this.check = check;
    this.timings = timings;
    this.counters = counters;
    this.listener = listener;
  }

  /** Names the next message of this device and starts its clock. */
  String send(long nanos) {
    String clientMsgId = timings.send(nanos);
    counters.sent++;
    check.sent(device, clientMsgId);
    return clientMsgId;
  }

  @Override
  public void observed(Change change, Source source, int connection, long nanos) {
    if (check.observed(device, change, source, connection) == DeliveryCheck.Receipt.REPEATED) {
      counters.repeated++;
    } else if (change.isMessage() && !deviceId.equals(change.message().senderDeviceId())) {
      if (source == Source.LIVE) {
        counters.delivered++;
        timings.delivered(change.message().clientMsgId(), nanos);
      } else {
        counters.synced++;
      }
    }
  }

  @Override
  public void delivered(Change change, Source source) {
    check.shown(device, change);
  }

  @Override
  public void acked(Ack ack, long nanos) {
    check.acked(device, ack);
    timings.acked(ack.clientMsgId(), nanos);
    listener.acked(++counters.acked);
  }

  @Override
  public void resent(String clientMsgId) {
    counters.resent++;
    check.resent(device, clientMsgId);
  }

  @Override
  public void connected(int connection) {
    if (connection > 1) {
      counters.reconnects++;
    }
  }
}
