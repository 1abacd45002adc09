package dev.tasker.benchmarks;

/** Temporary entry. */
final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        int tasks = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        int concurrency = args.length > 2 ? Integer.parseInt(args[2]) : 500;
        System.out.println(new Bench(new BenchOptions(
                        Scenario.parse(args[0]), args.length > 3 ? Integer.parseInt(args[3]) : 100, tasks, 1000, concurrency, concurrency * 2, BenchOptions.Transport.IN_PROCESS))
                .run().text());
    }
}
