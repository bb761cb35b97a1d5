using System.Diagnostics.CodeAnalysis;

namespace WsCore.Access;

/// <summary>A class of hooks and what it overrides.</summary>
internal sealed record HookRegistration(Type Type, HookPoints Points)
{
    public static HookRegistration Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>()
        where T : Hooks
    {
        var points = HookPoints.None;
        Add(nameof(Hooks.OpeningAsync), HookPoints.Opening);
        Add(nameof(Hooks.JoiningAsync), HookPoints.Joining);
        Add(nameof(Hooks.BroadcastingAsync), HookPoints.Broadcasting);
        Add(nameof(Hooks.CallingAsync), HookPoints.Calling);
        Add(nameof(Hooks.DeliveredAsync), HookPoints.Delivered);
        Add(nameof(Hooks.ClosedAsync), HookPoints.Closed);
        Add(nameof(Hooks.GivenUpAsync), HookPoints.GivenUp);
        return new HookRegistration(typeof(T), points);

        void Add(string method, HookPoints point)
        {
            if (typeof(T).GetMethod(method)!.DeclaringType != typeof(Hooks))
            {
                points |= point;
            }
        }
    }
}
