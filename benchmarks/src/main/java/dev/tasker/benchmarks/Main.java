package dev.tasker.benchmarks;

/** Temporary entry. */
final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("claim")) {
            System.out.println(new ClaimBench(Integer.parseInt(args[1])).run().json());
            return;
        }
        int tasks = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        int concurrency = args.length > 2 ? Integer.parseInt(args[2]) : 500;
        System.out.println(new Bench(new BenchOptions(
                        Scenario.parse(args[0]), args.length > 3 ? Integer.parseInt(args[3]) : 100, tasks, Integer.getInteger("latency", 1000), concurrency, concurrency * 2, BenchOptions.Transport.parse(args.length > 4 ? args[4] : "in-process")))
                .run().text());
    }
}
