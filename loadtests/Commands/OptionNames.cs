namespace WsCore.LoadTests.Commands;

/// <summary>The options that only some scenarios have, and those that a report does not repeat as they are.</summary>
internal static class OptionNames
{
    public const string Url = "--url";
    public const string Header = "--header";
    public const string Out = "--out";
    public const string Rooms = "--rooms";
    public const string Senders = "--senders";
    public const string Via = "--via";
    public const string UserHeader = "--user-header";
    public const string Slow = "--slow";
    public const string Nap = "--nap";
    public const string Flood = "--flood";
    public const string Cuts = "--cuts";
    public const string Abusers = "--abusers";
    public const string AbuseRate = "--abuse-rate";
    public const string Lossy = "--lossy";
}
