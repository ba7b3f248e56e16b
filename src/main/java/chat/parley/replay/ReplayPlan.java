package chat.parley.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Who takes part and what happens when. Only people who speak take part; someone who is there
 * without having been seen to join was there from the start; a message of someone who left is
 * preceded by a join. A minute's events are spread evenly inside it, in the file's order.
 *
 * @param cut how many messages were too long for the server and were cut
 * @param ignored how many lines of the logs meant nothing
 */
record ReplayPlan(List<Speaker> speakers, List<ReplayEvent> events, int cut, int ignored) {
  /** The longest text the server takes, in UTF-8 bytes. */
  static final int LONGEST_TEXT = 16 * 1024;

  private static final double MINUTE_MS = 60_000;

  ReplayPlan {
    speakers = List.copyOf(speakers);
    events = List.copyOf(events);
  }

  long messages() {
    return events.stream().filter(event -> event.kind() == ReplayEvent.Kind.MESSAGE).count();
  }

  /** Plans the logs, one after the other. */
  static ReplayPlan of(List<IrcLog> logs) {
    return new Planner().plan(logs);
  }

  /** Somebody in the log; becomes a speaker when they say something. */
  private static final class Person {
    final String nick;
    final boolean fromTheStart;
    int index = -1;
    boolean present;

    Person(String nick, boolean fromTheStart) {
      this.nick = nick;
      this.fromTheStart = fromTheStart;
      this.present = fromTheStart;
    }
  }

  private record Step(Person person, ReplayEvent.Kind kind, double atMs, String text) {}

  private static final class Planner {
    private final Map<String, Person> byNick = new HashMap<>();
    private final Set<Person> speaking = new HashSet<>();
    private final List<Speaker> speakers = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private int cut;

    ReplayPlan plan(List<IrcLog> logs) {
      double start = 0;
      int ignored = 0;
      for (IrcLog log : logs) {
        start += play(log, start);
        ignored += log.ignored();
      }
      List<ReplayEvent> events = new ArrayList<>();
      for (Step step : steps) {
        if (speaking.contains(step.person)) {
          Person person = step.person;
          if (person.index < 0) {
            person.index = speakers.size();
            speakers.add(new Speaker(person.index, person.nick, person.fromTheStart));
          }
          events.add(new ReplayEvent(step.kind, step.atMs, person.index, step.text));
        }
      }
      return new ReplayPlan(speakers, events, cut, ignored);
    }

    /** Adds one log's steps and returns how long it lasts, in ms. */
    private double play(IrcLog log, double start) {
      long[] minutes = minutes(log.lines());
      int from = 0;
      while (from < minutes.length) {
        int to = from;
        while (to < minutes.length && minutes[to] == minutes[from]) {
          to++;
        }
        for (int i = from; i < to; i++) {
          double at = (minutes[i] + (double) (i - from) / (to - from)) * MINUTE_MS;
          step(log.lines().get(i), start + at);
        }
        from = to;
      }
      return minutes.length == 0 ? 0 : (minutes[minutes.length - 1] + 1) * MINUTE_MS;
    }

    /**
     * The minute of every line since the log's first. A line without a clock takes the one before
     * it.
     */
    private static long[] minutes(List<IrcLine> lines) {
      long[] minutes = new long[lines.size()];
      int first =
          lines.stream()
              .mapToInt(IrcLine::minute)
              .filter(minute -> minute >= 0)
              .findFirst()
              .orElse(0);
      long now = first;
      for (int i = 0; i < minutes.length; i++) {
        int minute = lines.get(i).minute();
        if (minute >= 0) {
          long sameDay = now - now % 1440 + minute;
          // Half a day back is midnight passing; a little back is a clock that was set, and time
          // does not go back.
          now = sameDay < now - 720 ? sameDay + 1440 : Math.max(now, sameDay);
        }
        minutes[i] = now - first;
      }
      return minutes;
    }

    private void step(IrcLine line, double atMs) {
      switch (line.kind()) {
        case JOIN -> {
          Person person =
              byNick.computeIfAbsent(key(line.nick()), nick -> new Person(line.nick(), false));
          // The logs drop quits at times, so a second join is no news.
          if (!person.present) {
            person.present = true;
            steps.add(new Step(person, ReplayEvent.Kind.JOIN, atMs, null));
          }
        }
        case LEAVE -> {
          Person person = person(line.nick());
          if (person.present) {
            person.present = false;
            steps.add(new Step(person, ReplayEvent.Kind.LEAVE, atMs, null));
          }
        }
        case RENAME -> {
          Person person = person(line.nick());
          byNick.remove(key(line.nick()));
          byNick.put(key(line.text()), person);
          steps.add(new Step(person, ReplayEvent.Kind.RENAME, atMs, line.text()));
        }
        case MESSAGE -> {
          Person person = person(line.nick());
          if (!person.present) {
            person.present = true;
            steps.add(new Step(person, ReplayEvent.Kind.JOIN, atMs, null));
          }
          speaking.add(person);
          steps.add(new Step(person, ReplayEvent.Kind.MESSAGE, atMs, fitting(line.text())));
        }
        default -> throw new IllegalStateException(line.kind().name());
      }
    }

    private Person person(String nick) {
      return byNick.computeIfAbsent(key(nick), key -> new Person(nick, true));
    }

    private static String key(String nick) {
      return nick.toLowerCase(Locale.ROOT);
    }

    private String fitting(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length <= LONGEST_TEXT) {
        return text;
      }
      cut++;
      int end = LONGEST_TEXT;
      // Not in the middle of a character.
      while ((bytes[end] & 0xC0) == 0x80) {
        end--;
      }
      return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
  }
}
