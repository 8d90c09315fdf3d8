# One bucket: `.env`, and `runs/` for reports and dbt's artefacts.

locals {
  env_key = ".env"
  runs    = "runs"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:One role reads and writes here; CloudTrail's data events tell more than access logs.
  #checkov:skip=CKV_AWS_144:A `.env` and reports can be made again.
  #checkov:skip=CKV_AWS_145:Encrypted with S3's own key; a key of one's own costs a dollar a month.
  #checkov:skip=CKV2_AWS_62:Nobody waits for what is written here.
  bucket        = "${var.name}-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.name}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "replaced"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  rule {
    id     = "runs"
    status = "Enabled"
    filter {
      prefix = "${local.runs}/"
    }

    expiration {
      days = var.log_retention_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "tls_only" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

# Terraform makes the secret but never its value, which would be in the state.
resource "aws_secretsmanager_secret" "config" {
  #checkov:skip=CKV_AWS_149:Encrypted with AWS's own key; a key of one's own costs a dollar a month.
  #checkov:skip=CKV2_AWS_57:Spotify's credentials are changed in Spotify's dashboard, by hand.
  count       = var.config_source == "secrets" ? 1 : 0
  name        = "${var.name}/config"
  description = "Spotify credentials as a JSON object, keyed by the names of environment variables"

  # One that is waiting to be deleted keeps its name from a new one.
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}
