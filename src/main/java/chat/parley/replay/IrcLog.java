package chat.parley.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the line format of channel logs: {@code [HH:MM] <nick> text}, {@code [HH:MM] * nick does
 * something}, and the {@code ===} lines for joins, leaves, quits and renames. What is none of these
 * is left out and counted.
 *
 * @param lines in the file's order
 * @param ignored how many non-empty lines meant nothing here (topics, modes, blank messages)
 */
record IrcLog(List<IrcLine> lines, int ignored) {
  private static final Pattern MESSAGE =
      Pattern.compile("\\[(\\d\\d):(\\d\\d)] <([^>\\s]+)\\s*>(.*)", Pattern.DOTALL);
  private static final Pattern ACTION =
      Pattern.compile("\\[(\\d\\d):(\\d\\d)] {1,2}\\* (\\S+) (.*)", Pattern.DOTALL);
  private static final Pattern JOIN = Pattern.compile("=== +(\\S+)\\s+has joined #\\S+.*");
  // A kick is a leave that somebody else decided on.
  private static final Pattern LEAVE =
      Pattern.compile("=== +(\\S+)\\s+(?:has left\\b|has quit\\b|was kicked off #).*");
  private static final Pattern RENAME = Pattern.compile("=== +(\\S+) is now known as (\\S+)\\s*");

  IrcLog {
    lines = List.copyOf(lines);
  }

  /**
   * Reads a file. Bytes that are no UTF-8 become replacement characters: old logs mix encodings.
   *
   * @throws ReplayException where the file cannot be read or holds not one message
   */
  static IrcLog read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ReplayException("no such file: " + file);
    } catch (IOException e) {
      throw new ReplayException("cannot read " + file + ": " + e.getMessage());
    }
    IrcLog log = parse(new String(bytes, StandardCharsets.UTF_8));
    if (log.lines.stream().noneMatch(line -> line.kind() == IrcLine.Kind.MESSAGE)) {
      throw new ReplayException(
          file + " is not an IRC log: no line looks like \"[HH:MM] <nick> text\"");
    }
    return log;
  }

  /** Reads a log's text. */
  static IrcLog parse(String text) {
    List<IrcLine> lines = new ArrayList<>();
    int ignored = 0;
    int number = 0;
    // Only \n ends a line: messages may hold other separators.
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      if (number == 1 && line.startsWith("\uFEFF")) {
        line = line.substring(1);
      }
      IrcLine parsed = line.startsWith("===") ? event(line, number) : spoken(line, number);
      if (parsed != null) {
        lines.add(parsed);
      } else if (!line.isBlank()) {
        ignored++;
      }
    }
    return new IrcLog(lines, ignored);
  }

  private static IrcLine spoken(String line, int number) {
    Matcher message = MESSAGE.matcher(line);
    if (message.matches()) {
      String text = message.group(4);
      return said(message, text.startsWith(" ") ? text.substring(1) : text, number);
    }
    Matcher action = ACTION.matcher(line);
    if (action.matches()) {
      return said(action, "* " + action.group(4), number);
    }
    return null;
  }

  private static IrcLine said(Matcher line, String text, int number) {
    int minute = Integer.parseInt(line.group(1)) * 60 + Integer.parseInt(line.group(2));
    if (text.isBlank() || minute >= 24 * 60) {
      return null;
    }
    return new IrcLine(IrcLine.Kind.MESSAGE, line.group(3), text, minute, number);
  }

  private static IrcLine event(String line, int number) {
    Matcher rename = RENAME.matcher(line);
    if (rename.matches()) {
      return new IrcLine(IrcLine.Kind.RENAME, rename.group(1), rename.group(2), -1, number);
    }
    Matcher join = JOIN.matcher(line);
    if (join.matches()) {
      return new IrcLine(IrcLine.Kind.JOIN, join.group(1), null, -1, number);
    }
    Matcher leave = LEAVE.matcher(line);
    return leave.matches()
        ? new IrcLine(IrcLine.Kind.LEAVE, leave.group(1), null, -1, number)
        : null;
  }
}
