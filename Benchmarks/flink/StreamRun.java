import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs the statements of a script one after the other. INSERT is waited for; SELECT prints its
 * changelog: with --tsv a line "# query N", then kind and values with tabs between them. A statement
 * that fails prints "# error N: why", and the program ends with 1 after the others.
 */
public class StreamRun {
  public static void main(String[] arguments) throws Exception {
    Configuration settings = new Configuration();
    settings.setString("table.local-time-zone", "UTC");
    List<String> files = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.startsWith("--")) continue;
      int sign = argument.indexOf('=');
      if (sign > 0) settings.setString(argument.substring(0, sign), argument.substring(sign + 1));
      else files.add(argument);
    }
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(settings).build());
    boolean failed = false;
    int number = 0;
    for (String file : files) {
      for (String text : Files.readString(Path.of(file)).split(";[ \\t]*(\\r?\\n|$)")) {
        String statement = text.strip();
        if (statement.isEmpty()) continue;
        boolean isQuery = statement.regionMatches(true, 0, "SELECT", 0, 6);
        if (isQuery) number++;
        try {
          TableResult result = tables.executeSql(statement);
          if (isQuery) print(number, (TableResultInternal) result);
          else if (statement.regionMatches(true, 0, "INSERT", 0, 6)) result.await();
        } catch (Exception problem) {
          failed = true;
          Throwable cause = problem;
          while (cause.getCause() != null) cause = cause.getCause();
          String why = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
          System.out.println("# error " + number + ": " + why);
          System.err.println(why);
        }
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static void print(int number, TableResultInternal result) throws Exception {
    System.out.println("# query " + number);
    var text = result.getRowDataToStringConverter();
    try (CloseableIterator<RowData> rows = result.collectInternal()) {
      while (rows.hasNext()) {
        RowData row = rows.next();
        System.out.println(
            row.getRowKind().shortString() + "\t" + String.join("\t", text.convert(row)));
      }
    }
  }
}
