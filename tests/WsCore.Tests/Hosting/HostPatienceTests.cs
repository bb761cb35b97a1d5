using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Hosting;

public sealed class HostPatienceTests
{
    [Theory]
    [InlineData(30, 5, 40)]
    [InlineData(30, 90, 90)]
    [InlineData(120, 90, 130)]
    [InlineData(5, 5, 15)]
    public void ShutdownTimeout_IsRaisedAboveTheDrainsAndNeverLowered(int drain, int host, int result) =>
        Assert.Equal(TimeSpan.FromSeconds(result), PatienceOf(drain, TimeSpan.FromSeconds(host)));

    [Fact]
    public void ShutdownTimeout_Endless_StaysSo() => Assert.Equal(Timeout.InfiniteTimeSpan, PatienceOf(30, Timeout.InfiniteTimeSpan));

    [Fact]
    public void ShutdownTimeout_OptionsAreWrong_IsNotWhatTellsSo() =>
        Assert.Equal(TimeSpan.FromSeconds(5), PatienceOf(drain: 0, TimeSpan.FromSeconds(5)));

    private static TimeSpan PatienceOf(int drain, TimeSpan host)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IHostEnvironment>(new TestHostEnvironment(Environments.Production));
        services.AddWsCore(options => options.Drain.Timeout = TimeSpan.FromSeconds(drain));
        services.Configure<HostOptions>(options => options.ShutdownTimeout = host);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }
}
