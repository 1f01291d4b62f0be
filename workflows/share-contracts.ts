/** Names and shapes that the workflows of sharing share with whoever starts them; ids only. */
export const sharingNames = {
  shareWorkflowType: 'shareWorkflow',
  noticeWorkflowType: 'shareNoticeWorkflow',
  /** Ends a wait: somebody wants it tried now. */
  tryNowSignal: 'tryNow',
} as const;

/** A queue of its own: a recipient that is slow must not take the places of texts or packets. */
export const shareQueue = 'share';

export interface ShareInput {
  tenantId: string;
  shareId: string;
}

export interface ShareNoticeInput {
  tenantId: string;
  noticeId: string;
}
