using WsCore.Namespaces;

namespace WsCore.Tests.Namespaces;

public sealed class NamespaceTableTests
{
    [Fact]
    public void For_Configured_HasItsRules()
    {
        var table = new NamespaceTable(new Dictionary<string, NamespaceOptions>
        {
            ["Chat"] = new() { Presence = true, Publish = PublishRule.Anyone, MaxMembers = 5 },
        });

        Assert.Equal(new NamespaceRules("chat", true, PublishRule.Anyone, 5), table.For("chat"));
    }

    [Fact]
    public void For_NotConfigured_FollowsTheDefault()
    {
        var table = new NamespaceTable(new Dictionary<string, NamespaceOptions> { ["default"] = new() { MaxMembers = 7 } });

        Assert.Equal(7, table.For("default").MaxMembers);
        Assert.Equal(7, table.For("other").MaxMembers);
    }

    [Fact]
    public void For_NothingConfigured_IsMembersWithoutPresenceOrLimit() =>
        Assert.Equal(new NamespaceRules("default", false, PublishRule.Members, 0), new NamespaceTable(new Dictionary<string, NamespaceOptions>()).For("x"));

    [Fact]
    public void Rules_AreCopied()
    {
        var options = new NamespaceOptions { MaxMembers = 1 };
        var table = new NamespaceTable(new Dictionary<string, NamespaceOptions> { ["a"] = options });
        options.MaxMembers = 2;

        Assert.Equal(1, table.For("a").MaxMembers);
    }
}
