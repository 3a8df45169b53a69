import aiVisibility from './built-in/ai_visibility.json' with { type: 'json' };
import auditComplete from './built-in/audit_complete.json' with { type: 'json' };
import competitorAnalysis from './built-in/competitor_analysis.json' with { type: 'json' };
import systemAlert from './built-in/system_alert.json' with { type: 'json' };
import type { EventType } from './event-type.entity.ts';

/** What a trigger needs to know, and what people see of it. */
export type EventTypeDefinition = Readonly<
  Pick<EventType, 'key' | 'title' | 'template' | 'fallback' | 'priority' | 'sampleContext'>
>;

/** Come with the server, in every workspace. A test holds them to what a saved one has to be. */
export const BUILT_IN_EVENT_TYPES = [
  auditComplete,
  aiVisibility,
  competitorAnalysis,
  systemAlert,
] as readonly EventTypeDefinition[];
