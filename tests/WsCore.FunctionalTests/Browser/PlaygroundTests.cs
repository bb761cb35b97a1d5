using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using WsCore.FunctionalTests.Load;
using WsCore.TestKit.Files;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Processes;
using static Microsoft.Playwright.Assertions;

namespace WsCore.FunctionalTests.Browser;

/// <summary>Two real pages of a real browser talk through the playground.</summary>
[Collection(HeavyLoadGroup.Name)]
public sealed class PlaygroundTests
{
    [ChromiumFact]
    public async Task Two_pages_join_a_room_chat_both_ways_and_see_each_other()
    {
        await using var application = await StartAsync();
        await using var browser = await BrowserHost.StartAsync();
        var ada = await OpenAsync(application, browser, "Ada");
        var grace = await OpenAsync(application, browser, "Grace");

        await SayAsync(ada, "Hello, <b>Grace</b> 👋");
        await Expect(Messages(grace).Filter(new() { HasText = "Hello, <b>Grace</b> 👋" })).ToHaveCountAsync(1); // as text, never as markup
        await Expect(Messages(grace).Filter(new() { HasText = "Ada" })).ToHaveCountAsync(1);
        await SayAsync(grace, "Hello, Ada");
        await Expect(Messages(ada).Filter(new() { HasText = "Hello, Ada" })).ToHaveCountAsync(1);
        await Expect(Messages(ada)).ToHaveCountAsync(2);
        await Expect(Messages(grace)).ToHaveCountAsync(2);

        foreach (var page in (IPage[])[ada, grace])
        {
            await page.GetByTestId("members-refresh").ClickAsync();
            await Expect(page.GetByTestId("member")).ToHaveCountAsync(2);
            await Expect(page.GetByTestId("member").Filter(new() { HasText = "Ada" })).ToHaveCountAsync(1);
            await Expect(page.GetByTestId("member").Filter(new() { HasText = "Grace" })).ToHaveCountAsync(1);
            await Expect(page.GetByTestId("toast")).ToHaveCountAsync(0);
        }

        Assert.Equal(2, application.WsCore.Members("tea").Count);
    }

    [ChromiumFact]
    public async Task A_bad_frame_is_shown_with_its_error_and_costs_nothing()
    {
        await using var application = await StartAsync();
        await using var browser = await BrowserHost.StartAsync();
        var page = await OpenAsync(application, browser, "Ada");

        await page.GetByTestId("raw").FillAsync("""{"type":"join","room":""");
        await page.GetByTestId("raw-send").ClickAsync();
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("parse_error");
        await Expect(page.GetByTestId("frame").And(page.Locator("[data-type=error]"))).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("status")).ToHaveAttributeAsync("data-state", "connected");
    }

    [ChromiumFact]
    public async Task The_close_code_is_shown_when_the_application_disconnects()
    {
        await using var application = await StartAsync();
        await using var browser = await BrowserHost.StartAsync();
        var page = await OpenAsync(application, browser, "Ada");

        Assert.True(await application.WsCore.DisconnectAsync((await application.SingleConnectionAsync()).Id, "Enough for today."));
        await Expect(page.GetByTestId("status")).ToHaveAttributeAsync("data-state", "closed");
        await Expect(page.GetByTestId("status")).ToContainTextAsync("4004");
        await Expect(page.GetByTestId("close-code")).ToHaveTextAsync("4004");
        await application.IsEmptyAsync();

        await page.GetByTestId("connect").ClickAsync();
        await Expect(page.GetByTestId("status")).ToHaveAttributeAsync("data-state", "connected");
        await page.GetByTestId("disconnect").ClickAsync();
        await Expect(page.GetByTestId("status")).ToContainTextAsync("1000");
        await application.IsEmptyAsync();
    }

    [ChromiumFact]
    public async Task Rooms_are_joined_and_left_and_who_is_removed_is_told()
    {
        await using var application = await StartAsync();
        await using var browser = await BrowserHost.StartAsync();
        var page = await OpenAsync(application, browser, "Ada");
        await page.GetByTestId("room").FillAsync("side");
        await page.GetByTestId("join").ClickAsync();
        await Expect(Tab(page, "side")).ToHaveAttributeAsync("data-state", "joined");
        Assert.Single(application.WsCore.Members("side"));

        await page.GetByTestId("leave").ClickAsync();
        await Expect(Tab(page, "side")).ToHaveCountAsync(0);
        Assert.Empty(application.WsCore.Members("side"));

        await application.WsCore.RemoveAsync("tea", (await application.SingleConnectionAsync()).Id);
        await Expect(page.GetByTestId("frame").And(page.Locator("[data-type=removed]"))).ToHaveCountAsync(1);
        await Expect(Tab(page, "tea")).Not.ToHaveAttributeAsync("data-state", "joined");
    }

    [ChromiumFact]
    public async Task A_page_that_was_away_gets_what_it_missed_and_sees_who_comes_and_goes()
    {
        await using var application = await StartAsync();
        await using var browser = await BrowserHost.StartAsync();
        var ada = await OpenAsync(application, browser, "Ada");
        await SayAsync(ada, "one");
        await ada.GetByTestId("disconnect").ClickAsync();
        await application.IsEmptyAsync();
        var grace = await OpenAsync(application, browser, "Grace");
        await SayAsync(grace, "two");
        await SayAsync(grace, "three");

        await ada.GetByTestId("connect").ClickAsync();
        await Expect(Messages(ada).Filter(new() { HasText = "three" })).ToHaveCountAsync(1);
        await SayAsync(ada, "four");

        foreach (var text in (string[])["one", "two", "three", "four"])
        {
            await Expect(Messages(ada).Filter(new() { HasText = text })).ToHaveCountAsync(1);
        }

        await Expect(grace.GetByTestId("frame").And(grace.Locator("[data-type=joined]"))).ToHaveCountAsync(1); // told, not asked for
        await Expect(ada.GetByTestId("toast")).ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task A_page_of_a_foreign_origin_gets_no_connection()
    {
        await using var application = await StartAsync(environment: "Production");
        await using var browser = await BrowserHost.StartAsync();
        var page = await browser.OpenAsync(new Uri(application.Http, "/?reconnect=off&room=tea&name=Ada"));

        await Expect(page.GetByTestId("status")).ToContainTextAsync("1006");
        Assert.Equal(0, application.Node.Connections.Count);
    }

    [ChromiumFact]
    public async Task The_page_of_the_real_host_works_under_its_own_policy()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development);
        await using var browser = await BrowserHost.StartAsync();
        var ada = await OpenAsync(server.AddressOf("/"), browser, "Ada");
        var grace = await OpenAsync(server.AddressOf("/"), browser, "Grace");

        await SayAsync(ada, "Hello, Grace");
        await Expect(Messages(grace).Filter(new() { HasText = "Hello, Grace" })).ToHaveCountAsync(1);
        await ada.GetByTestId("members-refresh").ClickAsync();
        await Expect(ada.GetByTestId("member")).ToHaveCountAsync(2);
    }

    private static Task<TestApplication> StartAsync(string environment = "Development") => TestApplication.StartAsync(o =>
    {
        o.Environment = environment; // in which pages of this machine may connect
        o.Options = options => options.Namespaces["default"] = new() { Presence = true, History = { Size = 100 } };
        o.Application = app => app.MapGet("/", () => Results.File(SourceTree.PathOf("src/WsCore.Server/Playground/index.html"), "text/html; charset=utf-8"));
    });

    private static Task<IPage> OpenAsync(TestApplication application, BrowserHost browser, string name) => OpenAsync(application.Http, browser, name);

    private static async Task<IPage> OpenAsync(Uri server, BrowserHost browser, string name)
    {
        var page = await browser.OpenAsync(new Uri(server, $"/?reconnect=off&room=tea&name={name}"));
        await Expect(page.GetByTestId("status")).ToHaveAttributeAsync("data-state", "connected");
        await Expect(Tab(page, "tea")).ToHaveAttributeAsync("data-state", "joined");
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByTestId("text").FillAsync(text);
        await page.GetByTestId("send").ClickAsync();
        await Expect(Messages(page).Filter(new() { HasText = text }).And(page.Locator("[data-state=delivered]"))).ToHaveCountAsync(1);
    }

    private static ILocator Messages(IPage page) => page.GetByTestId("message");

    private static ILocator Tab(IPage page, string room) => page.GetByTestId("tab").And(page.Locator($"[data-room={room}]"));
}
