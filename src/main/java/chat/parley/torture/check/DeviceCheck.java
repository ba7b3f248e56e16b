package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.check.Stints.Stint;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What devices were told and showed: numbers rise, nothing is shown twice, nothing is left out,
 * nothing comes from a time when the device's user was not there. And none is sent away for good.
 *
 * <p>A device owes all of a stint that still lasts. Of one that ended it owes all as soon as it
 * showed a part: to a device that came later, or that was away for all of it, the server has
 * nothing to say of it.
 */
final class DeviceCheck implements Check {
  private static final int FIRST_FINAL_CODE = 4200;
  private static final int LAST_FINAL_CODE = 4299;
  private static final String RESET = "reset";
  private static final String OFF = "off";

  /** What a device asked for itself comes in no order with what its socket is told unasked. */
  private static final Set<String> UNASKED = Set.of("live", "resync");

  /** A device's view of one conversation. */
  private static final class View {
    private final BitSet shown = new BitSet();

    /** What the device left out when the server had told it that it does not stream it. */
    private final BitSet excused = new BitSet();

    private long last;

    /** How far the server told it so, if it has shown nothing since; else 0. */
    private long resetTo;

    /** The leave of its user that the device was told of last, if no return since; else 0. */
    private long outSince;

    /** Whether it has another socket since. */
    private boolean reconnected;

    private long movedAt;

    /** The first that is shown after a reset says where the device goes on. */
    private void goesOnAt(long changeSeq) {
      long excusedTo = Math.max(last, Math.min(changeSeq - 1, resetTo));
      excused.set((int) last + 1, (int) excusedTo + 1);
      resetTo = 0;
    }

    /** From its user's return on what the socket says is right again. */
    private void isBackAt(long changeSeq) {
      outSince = 0;
      reconnected = false;
      movedAt = changeSeq;
    }
  }

  private static final class Device {
    private final String name;
    private final String user;
    private final Map<String, View> views = new HashMap<>();
    private String lastLoss;

    Device(String name, String user) {
      this.name = name;
      this.user = user;
    }

    View view(String conversation) {
      return views.computeIfAbsent(conversation, any -> new View());
    }

    /** Whether its user is in the conversation, as far as its socket has told it. */
    void noteMove(Event event) {
      boolean told = event.source() != null && UNASKED.contains(event.source());
      if (!told || !user.equals(event.subject())) {
        return;
      }
      boolean left = Change.MEMBER_LEFT.equals(event.note());
      View view = view(event.conversation());
      if ((left || Change.MEMBER_JOINED.equals(event.note())) && event.changeSeq() > view.movedAt) {
        view.outSince = left ? event.changeSeq() : 0;
        view.reconnected = false;
        view.movedAt = event.changeSeq();
      }
    }
  }

  private final Evidence evidence;
  private final Violations violations;
  private final Map<String, Device> devices = new LinkedHashMap<>();

  DeviceCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  /** How many there were. */
  long devices() {
    return devices.size();
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case CONNECTION -> connection(device(event), event);
      case RECEIVE -> {
        device(event).noteMove(event);
        checkMembership(event);
      }
      case CURSOR -> checkReceipt(event);
      case SHOW -> {
        checkMembership(event);
        show(device(event), event);
      }
      case FINAL -> checkMembership(event);
      default -> {
        // Nothing that a device is told.
      }
    }
  }

  private Device device(Event event) {
    return devices.computeIfAbsent(
        event.device(), any -> new Device(event.process(), event.user()));
  }

  private void connection(Device device, Event event) {
    if (RESET.equals(event.note())) {
      reset(device.view(event.conversation()), event);
    } else if (!OFF.equals(event.note())) { // who turns it off has not lost anything by that
      device.lastLoss = event.note();
      device.views.values().forEach(view -> view.reconnected = true);
      checkLoss(event);
    }
  }

  private void reset(View view, Event event) {
    long end = evidence.log(event.conversation()).end();
    if (evidence.hasLog() && event.changeSeq() > end) {
      violations.add(
          Kind.NOT_IN_LOG,
          "%s: %s was told at %s that it is at %d; the log ends at %d",
          event.conversation(),
          event.process(),
          When.of(event),
          event.changeSeq(),
          end);
    }
    if (Numbers.isSane(event.changeSeq())) {
      view.resetTo = Math.max(view.resetTo, event.changeSeq());
      checkReset(view, event);
    }
  }

  /**
   * Nothing that happens in a run explains that: no device that has a socket is signed out, nobody
   * is banned, and the clients keep to the protocol. A history has no word for any of it.
   */
  private void checkLoss(Event event) {
    if (isForGood(event.note())) {
      violations.add(
          Kind.SENT_AWAY,
          "%s was sent away with code %s at %s",
          event.process(),
          event.note(),
          When.of(event));
    }
  }

  /** Whether a connection was lost with a code that says not to come back. */
  private static boolean isForGood(String loss) {
    if (loss == null || !loss.matches("\\d{4}")) {
      return false;
    }
    int code = Integer.parseInt(loss);
    return code >= FIRST_FINAL_CODE && code <= LAST_FINAL_CODE;
  }

  /**
   * A socket that is too far behind is told where the conversation is now, and not of its user's
   * return before that. To who is out, that is news from after the removal.
   */
  private void checkReset(View view, Event event) {
    if (view.outSince == 0 || event.changeSeq() <= view.outSince) {
      return;
    }
    if (mayBeBack(view, event)) {
      view.isBackAt(event.changeSeq());
    } else {
      violations.add(
          Kind.AFTER_REMOVAL,
          "%s: %s was told at %s that it is at %d, after the removal of its user at %d",
          event.conversation(),
          event.process(),
          When.of(event),
          event.changeSeq(),
          view.outSince);
    }
  }

  private boolean mayBeBack(View view, Event event) {
    return evidence.mayBeBack(event.conversation(), event.user(), view.outSince, event.nanos());
  }

  private void checkMembership(Event event) {
    Stints stints = evidence.stints(event.conversation());
    if (!evidence.hasLog() || stints == null || stints.maySee(event.user(), event.changeSeq())) {
      return;
    }
    violations.add(
        stints.wasRemovedBefore(event.user(), event.changeSeq())
            ? Kind.AFTER_REMOVAL
            : Kind.BEFORE_JOIN,
        "%s number %d: %s %s it at %s; its user was there %s",
        event.conversation(),
        event.changeSeq(),
        event.process(),
        switch (event.op()) {
          case SHOW -> "showed";
          case FINAL -> "could read";
          default -> "received";
        },
        When.of(event),
        inWords(stints.of(event.user())));
  }

  private static String inWords(List<Stint> stints) {
    return stints.isEmpty()
        ? "never"
        : String.join(
            ", ",
            stints.stream()
                .map(
                    stint ->
                        "from " + stint.joined() + (stint.lasts() ? " on" : " to " + stint.left()))
                .toList());
  }

  /**
   * What a socket is told of others' cursors comes in one row with what it is told of leaves and
   * joins. But a new socket is of the membership of its time, and need not say so first: it is
   * believed where the user may have been back by then.
   */
  private void checkReceipt(Event event) {
    if (event.phase() != Phase.OK || event.source() != null) {
      return;
    }
    View view = device(event).view(event.conversation());
    if (view.outSince > 0 && !(view.reconnected && mayBeBack(view, event))) {
      violations.add(
          Kind.AFTER_REMOVAL,
          "%s: %s was told of a receipt at %s, after the removal of its user at %d",
          event.conversation(),
          event.process(),
          When.of(event),
          view.outSince);
    }
  }

  private void show(Device device, Event event) {
    View view = device.view(event.conversation());
    long number = event.changeSeq();
    if (number <= view.last) {
      violations.add(
          Kind.ORDER,
          "%s: %s showed %d after %d at %s",
          event.conversation(),
          event.process(),
          number,
          view.last,
          When.of(event));
    }
    if (Numbers.isSane(number)) {
      view.goesOnAt(number);
      view.shown.set((int) number);
      view.last = Math.max(view.last, number);
    }
  }

  @Override
  public void end() {
    if (!evidence.hasLog()) {
      return;
    }
    for (Device device : devices.values()) {
      if (isForGood(device.lastLoss)) {
        continue; // what it lacks comes of that, which is counted already
      }
      for (String conversation : evidence.conversations()) {
        BitSet lacking = lacking(device, conversation);
        if (!lacking.isEmpty()) {
          violations.add(
              Kind.LACKS,
              "%s: %s did not show %s%s",
              conversation,
              device.name,
              Ranges.of(lacking),
              device.lastLoss == null ? "" : "; in the end it was not connected");
        }
      }
    }
  }

  private BitSet lacking(Device device, String conversation) {
    View view = device.views.getOrDefault(conversation, new View());
    BitSet owed = new BitSet();
    for (Stint stint : evidence.stints(conversation).of(device.user)) {
      int from = (int) stint.owedFrom();
      int to = (int) stint.owedTo(evidence.settledHead(conversation));
      int shown = view.shown.nextSetBit((int) stint.joined());
      boolean began = shown >= 0 && shown <= stint.left();
      if (from <= to && (stint.lasts() || began)) {
        owed.set(from, to + 1);
      }
    }
    owed.andNot(view.shown);
    owed.andNot(view.excused);
    // A hole of the log is counted there, not again for everyone.
    owed.stream()
        .filter(number -> evidence.log(conversation).at(number) == null)
        .forEach(owed::clear);
    return owed;
  }
}
