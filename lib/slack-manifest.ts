/**
 * The manifest by which the app is made in Slack: its command, its URLs, and no scope that the code does not need.
 *
 * https://docs.slack.dev/reference/app-manifest
 *
 * @param url the Slack app's, as the stack's outputs have it, without a path of its own.
 */
export function slackManifest(url: string) {
  const door = `${url}/slack`;
  return {
    display_information: {
      name: "Latchkey",
      description: "SSH access to EC2 instances: ask for it, and approve it",
    },
    features: {
      // Direct messages, which nobody replies to.
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: "Latchkey", always_online: true },
      slash_commands: [
        {
          command: "/latchkey",
          url: door,
          description: "Ask for SSH access",
          usage_hint: "ssh web-1 as root for 1h because INC-42",
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      redirect_urls: [`${url}/link/slack`],
      scopes: {
        // Who somebody is in Slack, as they link themselves.
        user: ["openid", "profile"],
        bot: [...new Set(Object.values(methodScopes).flat()), "commands"].sort(),
      },
    },
    settings: {
      interactivity: { is_enabled: true, request_url: door },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  };
}

/** The scopes that each method takes which the app calls. https://docs.slack.dev/reference/methods */
export const methodScopes: Readonly<Record<string, readonly string[]>> = {
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  // In public and private channels, and in direct messages: whether a message has been posted.
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.open": ["im:write"],
  "views.open": [],
};
