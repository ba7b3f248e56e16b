package chat.parley.perf;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server has counted, read from its {@code /metrics}: by series, as Prometheus writes it.
 */
record ServerCounters(Map<String, Double> series) {
  private static final Pattern LINE = Pattern.compile("([a-z_]+(?:\\{.*})?) ([-+0-9.eE]+)");
  private static final Pattern OP = Pattern.compile("op=\"([^\"]*)\"");
  private static final String REQUESTS = "parley_cassandra_requests_seconds_count{";
  private static final String RECORDS = "parley_kafka_records_sent_total{";
  private static final String BYTES_OUT = "parley_gateway_bytes_out_total";
  private static final String FRAMES_IN = "parley_gateway_frames_in_total";
  private static final String FRAMES_OUT = "parley_gateway_frames_out_total";

  /** Reads them now; empty where the server has none to show. */
  static ServerCounters read(HttpClient http, URI server) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/metrics")).timeout(Duration.ofSeconds(5)).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    Map<String, Double> series = new HashMap<>();
    if (answer.statusCode() == 200) {
      answer
          .body()
          .lines()
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .forEach(line -> series.put(line.group(1), Double.parseDouble(line.group(2))));
    }
    return new ServerCounters(series);
  }

  /** Requests, records and frames a message since then, as a Markdown list item. */
  String perMessage(ServerCounters before, long messages) {
    Map<String, Double> requests = new TreeMap<>();
    double records = 0;
    for (String name : series.keySet()) {
      double more = since(before, name);
      if (name.startsWith(REQUESTS) && more > 0) {
        Matcher op = OP.matcher(name);
        String failed = name.contains("outcome=\"ok\"") ? "" : " FAILED";
        requests.merge((op.find() ? op.group(1) : name) + failed, more, Double::sum);
      } else if (name.startsWith(RECORDS)) {
        records += more;
      }
    }
    StringBuilder line = new StringBuilder("Cassandra");
    requests.forEach((op, count) -> line.append(each(" " + op, count, messages)));
    line.append(each("; Kafka records", records, messages))
        .append(each("; frames in", since(before, FRAMES_IN), messages))
        .append(each(", out", since(before, FRAMES_OUT), messages))
        .append(each("; bytes out", since(before, BYTES_OUT), messages));
    return line.toString();
  }

  private static String each(String name, double count, long messages) {
    return String.format(Locale.ROOT, "%s %.3f", name, count / Math.max(1, messages));
  }

  private double since(ServerCounters before, String name) {
    return series.getOrDefault(name, 0.0) - before.series.getOrDefault(name, 0.0);
  }
}
