using Microsoft.Playwright;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Browser;

/// <summary>The Chromium of this machine, without a window. Nothing is downloaded: only the driver comes with the package.</summary>
internal sealed class BrowserHost : IAsyncDisposable
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private BrowserHost(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    public static async Task<BrowserHost> StartAsync()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        var playwright = await Playwright.CreateAsync().WithTimeout(TimeSpan.FromMinutes(1));
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = TestEnvironment.RequireChromium(),
            Headless = true,
            Args = Arguments,
            Timeout = 60_000,
        }).WithTimeout(TimeSpan.FromMinutes(2));
        return new BrowserHost(playwright, browser);
    }

    /// <summary>A page with nothing in common with the others.</summary>
    public async Task<IPage> OpenAsync(Uri address)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 900 } }).WithTimeout();
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync().WithTimeout();
        await page.GotoAsync(address.ToString()).WithTimeout();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync().WithTimeout();
        _playwright.Dispose();
    }
}
