using BenchmarkDotNet.Running;
using WsCore.Benchmarks;

// dotnet run -c Release -- [--quick] [BenchmarkDotNet's own arguments, --filter '*Fanout*' for example]
var quick = args.Contains("--quick");
var rest = args.Where(arg => arg != "--quick").ToArray();
BenchmarkSwitcher.FromAssembly(typeof(InProcessConfig).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"], new InProcessConfig(quick));
