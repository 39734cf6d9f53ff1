import type { EngagementSettings } from "@dealscope/shared/engagement";
import type { Lists } from "@dealscope/shared/lists";

/** What every box that edits a part of the settings gets. */
export interface SettingsPartProps {
  value: EngagementSettings;
  lists: Lists;
  /** What is wrong with a value, by path such as `fields.0.attribute`. */
  errorOf: (path: string) => string | undefined;
  onChange: (part: Partial<EngagementSettings>) => void;
}
