package chat.parley.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may do what: {@code authorization/matrix.txt}, a row an operation, a column for each who
 * might ask. Cells stand two or more spaces apart; a line that begins with {@code #} is a comment.
 */
public final class AuthorizationTable {
  private static final String FILE = "/authorization/matrix.txt";

  private final List<String> columns;
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  /** Reads the table; throws where a row has more or fewer cells than there are columns. */
  public AuthorizationTable() {
    List<List<String>> lines =
        text()
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> List.of(line.strip().split("\\s{2,}")))
            .toList();
    columns = lines.get(0).subList(1, lines.get(0).size());
    for (List<String> line : lines.subList(1, lines.size())) {
      if (line.size() != columns.size() + 1) {
        throw new IllegalStateException("this row has not " + columns.size() + " cells: " + line);
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i), line.get(i + 1));
      }
      if (rows.put(line.get(0), row) != null) {
        throw new IllegalStateException("there are two rows of " + line.get(0));
      }
    }
  }

  private static String text() {
    try (InputStream in = AuthorizationTable.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those who might ask. */
  public List<String> columns() {
    return columns;
  }

  /** The rows of REST calls, {@code METHOD path}. */
  public List<String> calls() {
    return rows.keySet().stream().filter(AuthorizationTable::isCall).toList();
  }

  /** The rows of frames, by type. */
  public List<String> frames() {
    return rows.keySet().stream().filter(row -> !isCall(row)).toList();
  }

  private static boolean isCall(String row) {
    return row.contains(" ");
  }

  /** What is to become of it. */
  public String decision(String operation, String column) {
    return rows.get(operation).get(column);
  }
}
