using System.Globalization;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Running;

namespace WsCore.LoadTests.Progress;

/// <summary>A line every few seconds, for logs.</summary>
internal sealed class PlainView(TextWriter output) : IProgressView
{
    private const int Every = 5;

    private int _turn;

    public void Phase(string phase)
    {
        _turn = 0;
        output.WriteLine($"--- {phase}");
    }

    public void Show(Sample sample)
    {
        if (_turn++ % Every != 0)
        {
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{sample.Second,5:0} s  {sample.Connections,6} open  {sample.SendRate,7:0} sent/s  {sample.DeliveryRate,8:0} delivered/s  p50 {Time(sample.P50)}  p99 {Time(sample.P99)}  lag p99 {Time(sample.LagP99)}  cpu {sample.Tester.Cpu:0} %, server {Percent(sample.Server.Cpu)}  errors {sample.Errors}"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Time(double? micros) => micros is { } value ? Unit.Time.Format(value) : "-";

    private static string Percent(double? value) => value is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"{cpu:0} %") : "-";
}
